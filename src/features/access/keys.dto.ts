import { Text, Word } from '../../platform/records/field.decorators.js';

export class KeyBody {
  @Text('Whose key it is, or what for.', { max: 100 })
  name!: string;

  @Word('What its holder may do: an editor writes records, an admin also manages keys.', [
    'editor',
    'admin',
  ])
  role!: 'editor' | 'admin';
}
