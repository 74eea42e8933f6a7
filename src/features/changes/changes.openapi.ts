import { parameter } from '../../platform/records/record.openapi.js';

/** Describes the parameter by which the feed is asked for some mergers. */
export const DescribeMergerIds = (): MethodDecorator =>
  parameter('mergerId', 'Only what belongs to these mergers; several are parted by commas.');
