// Builds the demo into dist/: the server and the tests with tsc, the page with esbuild.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
process.chdir(here);
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function typescript(project) {
  execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
}

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/assets', { recursive: true });

try {
  typescript('tsconfig.page.json');
  typescript('tsconfig.json');
} catch {
  console.error('demo: the TypeScript sources do not compile (see above)');
  process.exit(1);
}

await build({
  entryPoints: { page: 'page/main.ts', style: 'page/styles/main.css' },
  outdir: 'dist/assets',
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: ['chrome111', 'firefox120', 'safari16'],
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  logLevel: 'warning',
});
cpSync('page/index.html', 'dist/assets/index.html');
cpSync('page/icon.svg', 'dist/assets/icon.svg');
