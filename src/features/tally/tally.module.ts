import { Module } from '@nestjs/common';
import { TallyController } from './tally.controller.js';
import { TallyService } from './tally.service.js';

/** The tally of a vote event and the result of a motion. */
@Module({ controllers: [TallyController], providers: [TallyService] })
export class TallyModule {}
