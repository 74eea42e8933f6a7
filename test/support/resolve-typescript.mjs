import { registerHooks } from 'node:module';

// Jest loads global-setup.ts outside of the tests, where its moduleNameMapper does not reach: an import of './x.js'
// means './x.ts' there too.
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
      return next(specifier.replace(/\.js$/, '.ts'), context);
    }
  },
});
