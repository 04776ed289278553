import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './theme.css'
import './frame/frame.css'
import './facilities/facilities.css'
import './workflows/workflows.css'
import './workflow/workflow.css'
import './workflow/graph.css'

const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
