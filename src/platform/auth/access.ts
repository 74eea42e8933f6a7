import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../errors/problem.js';
import { Authenticator } from './authenticator.js';
import { ROLES, type KnownRequest, type Role } from './caller.js';

const ACCESS = 'accord:access';

/** The least role that a route is for; `open`: no key is even looked at. A route without one is closed to everybody. */
export const Access = (role: Role | 'open'): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, role);

/** Establishes the caller of every request, and lets through whom the route is for. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const needed = this.reflector.getAllAndOverride<Role | 'open' | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needed === undefined) throw new Problem('forbidden', 'This address is closed.');
    if (needed === 'open') return true;
    const caller = await this.authenticator.identify(request.headers.authorization);
    request.caller = caller;
    if (ROLES.indexOf(caller.role) >= ROLES.indexOf(needed)) return true;
    if (caller.role === 'reader') {
      throw new Problem(
        'unauthorized',
        'Send a key: Authorization: Bearer …',
        {},
        { 'www-authenticate': 'Bearer' },
      );
    }
    throw new Problem('forbidden', `This needs the role ${needed}; the key has ${caller.role}.`);
  }
}
