import { Module } from '@nestjs/common';
import { KeysController } from './keys.controller.js';
import { KeysService } from './keys.service.js';

/** Who may write: keys, made, listed and revoked by an admin. */
@Module({ controllers: [KeysController], providers: [KeysService] })
export class AccessModule {}
