export { httpExecutor } from './http.ts'
