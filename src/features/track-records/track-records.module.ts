import { Module } from '@nestjs/common';
import { TrackRecordsController } from './track-records.controller.js';
import { TrackRecordsService } from './track-records.service.js';

/** The track records of sources and publishers. */
@Module({ controllers: [TrackRecordsController], providers: [TrackRecordsService] })
export class TrackRecordsModule {}
