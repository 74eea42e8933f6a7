import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { CLOCKS } from '../http/query.reader.js';
import { DescribeAsked } from './record.openapi.js';

/** A span of one of the two clocks, while the other one stands still. */
export function DescribeBetween({
  isFromRequired,
}: {
  readonly isFromRequired: boolean;
}): MethodDecorator {
  const date = (name: string, required: boolean, description: string): MethodDecorator =>
    ApiQuery({ name, required, description, schema: { type: 'string' } });
  return applyDecorators(
    ApiQuery({
      name: 'clock',
      required: true,
      description: 'Which clock runs; the other one may be told to stand at a time.',
      schema: { type: 'string', enum: [...CLOCKS] },
    }),
    date('from', isFromRequired, 'From when; a day or a month means its end.'),
    date('to', false, 'To when, which is now unless given; a day or a month means its end.'),
    DescribeAsked(),
  );
}
