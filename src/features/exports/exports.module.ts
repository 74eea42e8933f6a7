import { Module } from '@nestjs/common';
import { Moments } from './export.moment.js';
import { ExportSettings } from './export.settings.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';

/** All records as a file. */
@Module({ controllers: [ExportsController], providers: [ExportSettings, ExportsService, Moments] })
export class ExportsModule {}
