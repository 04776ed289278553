export { type AgentDoor, type AgentIdentity, type AgentServerOptions, agentDoor } from './agent-server.ts'
export { type AgentLimits, DEFAULT_AGENT_LIMITS } from './limits.ts'
export { AGENTS_PATH } from './upgrade.ts'
