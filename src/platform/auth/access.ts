import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem, invalid } from '../errors/problem.js';
import { Authenticator } from './authenticator.js';
import { ROLES, type Caller, type KnownRequest, type Role, type View } from './caller.js';

const ACCESS = 'accord:access';

/** The least role that a route is for; `open`: no key is even looked at. A route without one is closed to everybody. */
export const Access = (role: Role | 'open'): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, role);

/** Establishes the caller of every request, and lets through whom the route is for. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly needed = new Map<object, Role | 'open' | undefined>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const needed = this.neededFor(context);
    if (needed === undefined) throw new Problem('forbidden', 'This address is closed.');
    if (needed === 'open') return true;
    const caller = await this.callerOf(request);
    request.caller = caller;
    request.view = viewOf(caller, request);
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

  /** What a route is declared to need, looked up once: every class has handlers of its own. */
  private neededFor(context: ExecutionContext): Role | 'open' | undefined {
    const handler = context.getHandler();
    if (this.needed.has(handler)) return this.needed.get(handler);
    const targets = [handler, context.getClass()];
    const needed = this.reflector.getAllAndOverride<Role | 'open' | undefined>(ACCESS, targets);
    this.needed.set(handler, needed);
    return needed;
  }

  /** Who was counted; of a write looked up once more, since a key may be revoked while a body is on its way. */
  private async callerOf(request: KnownRequest): Promise<Caller> {
    const counted = await request.identified;
    if (counted !== undefined && ['GET', 'HEAD'].includes(request.method)) return counted;
    return this.authenticator.identify(request.headers.authorization);
  }
}

/**
 * Readers see what is public; key holders see all, and may ask for the public's view by `?view=public`. The parameter is
 * taken off the query here: no list has to know it.
 *
 * @throws Problem `validation_failed`
 */
function viewOf(caller: Caller, request: KnownRequest): View {
  const query = Object(request.query) as Record<string, unknown>;
  const asked = query['view'];
  const own = caller.role === 'reader' ? 'public' : 'all';
  if (asked === undefined || !['GET', 'HEAD'].includes(request.method)) return own;
  if (asked !== 'public')
    throw invalid([{ pointer: '?view', detail: 'view can only be asked to be public' }]);
  Reflect.deleteProperty(query, 'view');
  return 'public';
}
