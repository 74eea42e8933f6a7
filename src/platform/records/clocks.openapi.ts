import { applyDecorators } from '@nestjs/common';
import { CLOCKS } from '../http/query.reader.js';
import { DescribeAsked, parameter } from './record.openapi.js';

/** A span of one of the two clocks, while the other one stands still. */
export function DescribeBetween({
  isFromRequired,
}: {
  readonly isFromRequired: boolean;
}): MethodDecorator {
  return applyDecorators(
    parameter('clock', 'Which clock runs; the other one may be told to stand at a time.', {
      words: CLOCKS,
      isRequired: true,
    }),
    parameter('from', 'From when; a day or a month means its end.', { isRequired: isFromRequired }),
    parameter('to', 'To when, which is now unless given; a day or a month means its end.'),
    DescribeAsked(),
  );
}
