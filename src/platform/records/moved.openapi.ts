import { ApiResponse } from '@nestjs/swagger';

/** The answer to a read of a record that was merged into another one. */
export const Moved: MethodDecorator = ApiResponse({
  status: 307,
  description:
    'Merged into another record: read that one. Not for good, since a merge can be undone.',
  headers: {
    Location: { description: 'The record that was kept.', schema: { type: 'string' } },
  },
});
