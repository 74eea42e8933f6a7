import { Module } from '@nestjs/common';
import { MergesController } from './merges.controller.js';
import { MergesService } from './merges.service.js';

export { MergesService };

/** Two records of one person or faction made one, and two again. */
@Module({ controllers: [MergesController], providers: [MergesService], exports: [MergesService] })
export class MergesModule {}
