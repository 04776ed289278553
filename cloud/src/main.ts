import { keepCompiled } from '@holdfast/shared/system/compile-cache'

keepCompiled()
await import('./process.ts')
