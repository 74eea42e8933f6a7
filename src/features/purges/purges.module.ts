import { Module } from '@nestjs/common';
import { PurgesController } from './purges.controller.js';
import { PurgesService } from './purges.service.js';

/** What was removed for good. */
@Module({ controllers: [PurgesController], providers: [PurgesService] })
export class PurgesModule {}
