export { type CoordinatorConfig, coordinatorConfig } from './config.ts'
export { type Coordinator, startCoordinator } from './coordinator.ts'
