import { Module } from '@nestjs/common';
import { IndexController } from './index.controller.js';

/** The front page of the API. */
@Module({ controllers: [IndexController] })
export class IndexModule {}
