import { Module } from '@nestjs/common';
import { MergesController } from './merges.controller.js';
import { MergesService } from './merges.service.js';

/** Two records of one person or faction made one, and two again. */
@Module({ controllers: [MergesController], providers: [MergesService] })
export class MergesModule {}
