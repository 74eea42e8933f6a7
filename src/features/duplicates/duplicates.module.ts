import { Module } from '@nestjs/common';
import { MergesModule } from '../merges/merges.module.js';
import { DuplicatesController } from './duplicates.controller.js';
import { DuplicatesService } from './duplicates.service.js';

/** Records that may be of one, and what is decided about them. */
@Module({
  imports: [MergesModule],
  controllers: [DuplicatesController],
  providers: [DuplicatesService],
})
export class DuplicatesModule {}
