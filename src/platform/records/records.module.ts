import { Module, type DynamicModule } from '@nestjs/common';
import { recordControllers } from './record.controllers.js';
import { DEFINITIONS, type RecordDefinition } from './record.definition.js';
import { Readings } from './readings.js';
import { RecordsReader } from './records.reader.js';
import { RepairsService } from './repairs.service.js';
import { RecordsService } from './records.service.js';

/** Serves declared resources: their routes, their lists, their rules, their history. */
@Module({})
export class RecordsModule {
  static for(definitions: readonly RecordDefinition[]): DynamicModule {
    return {
      module: RecordsModule,
      global: true,
      controllers: definitions.flatMap(recordControllers),
      providers: [
        RecordsService,
        RecordsReader,
        RepairsService,
        Readings,
        {
          provide: DEFINITIONS,
          useValue: new Map(definitions.map((definition) => [definition.type, definition])),
        },
      ],
      exports: [RecordsService, Readings, DEFINITIONS],
    };
  }
}
