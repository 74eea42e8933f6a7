import { Whole } from './field.decorators.js';

export class RevertBody {
  @Whole('The version that the record is taken back to.', { min: 1, max: 2_147_483_647 })
  version!: number;
}
