import { Module } from '@nestjs/common';
import { ChangesController } from './changes.controller.js';
import { ChangesService } from './changes.service.js';
import { Feed } from './feed.js';

/** The feed of all changes. */
@Module({
  controllers: [ChangesController],
  providers: [ChangesService, Feed],
})
export class ChangesModule {}
