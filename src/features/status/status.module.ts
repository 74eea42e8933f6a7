import { Module } from '@nestjs/common';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';

/** The computed status of mergers, and their timelines. */
@Module({ controllers: [StatusController], providers: [StatusService] })
export class StatusModule {}
