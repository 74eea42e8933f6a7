import { Module } from '@nestjs/common';
import { resources } from '../resources.js';
import { standingController } from './standing.controllers.js';
import { StandingService } from './standing.service.js';

/** The standing of every kind of record. */
@Module({ controllers: resources.map(standingController), providers: [StandingService] })
export class StandingModule {}
