import { ApiQuery } from '@nestjs/swagger';

/** Describes the parameter by which the feed is asked for some mergers. */
export const DescribeMergerIds = (): MethodDecorator =>
  ApiQuery({
    name: 'mergerId',
    required: false,
    description: 'Only what belongs to these mergers; several are parted by commas.',
    schema: { type: 'string' },
  });
