import { Module } from '@nestjs/common';
import { ChangesController } from './changes.controller.js';
import { ChangesService } from './changes.service.js';

/** The feed of all changes. */
@Module({ controllers: [ChangesController], providers: [ChangesService] })
export class ChangesModule {}
