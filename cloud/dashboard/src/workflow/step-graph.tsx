import {
  BaseEdge,
  type Edge,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { LinkView, StepView } from '../api/types.ts'
import { CARD_WIDTH, type Card, cardsOf, type Direction, type Drawing, draw, type Line, SMALLEST_ZOOM } from './graph-layout.ts'
import { StepCard } from './step-card.tsx'

interface CardData extends Record<string, unknown> {
  readonly card: Card
  readonly direction: Direction
  readonly isChosen: boolean
  readonly onChoose: (ref: number) => void
}
type CardNode = Node<CardData, 'card'>
type LinkEdge = Edge<Pick<Line, 'path' | 'words' | 'at'>, 'line'>

const TALLEST = 2_400
const MARGIN = 16

interface StepGraphProps {
  readonly steps: readonly StepView[]
  readonly links: readonly LinkView[]
  readonly chosen: number | undefined
  readonly onChoose: (ref: number) => void
}

export const StepGraph = ({ steps, links, chosen, onChoose }: StepGraphProps) => {
  const { frame, width } = useWidth()
  const drawing = useMemo(() => draw(cardsOf(steps), links, width), [steps, links, width])
  const zoom = Math.min(1, Math.max(SMALLEST_ZOOM, (width - MARGIN) / Math.max(1, drawing.width)))
  const height = Math.min(TALLEST, Math.ceil(drawing.height * zoom) + MARGIN)
  const isWhole = drawing.width * zoom <= width && drawing.height * zoom <= height
  const instance = useFitted(drawing, width, zoom)
  return (
    <div className={`graph ${isWhole ? 'is-whole' : ''}`} ref={frame} style={{ height }}>
      {width > 0 && (
        <ReactFlow<CardNode, LinkEdge>
          nodes={nodesOf(drawing, chosen, onChoose)}
          edges={drawing.lines.map(edgeOf)}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onInit={instance}
          colorMode="system"
          minZoom={SMALLEST_ZOOM / 2}
          maxZoom={1.5}
          panOnDrag={!isWhole}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          aria-label="Steps and the links between them"
        />
      )}
    </div>
  )
}

const useWidth = () => {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    if (frame.current !== null) observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])
  return { frame, width }
}

/** Looks at the whole again when its shape or the room for it changes, but not when only a status does: the person may have moved. */
const useFitted = (drawing: Drawing, width: number, zoom: number) => {
  const [flow, setFlow] = useState<ReactFlowInstance<CardNode, LinkEdge>>()
  const x = Math.max(MARGIN / 2, (width - drawing.width * zoom) / 2)
  useEffect(() => {
    void flow?.setViewport({ x, y: MARGIN / 2, zoom })
  }, [flow, x, zoom])
  return setFlow
}

const nodesOf = ({ cards, direction }: Drawing, chosen: number | undefined, onChoose: (ref: number) => void): CardNode[] =>
  cards.map(({ card, x, y, height }) => ({
    id: card.step.id,
    type: 'card',
    position: { x, y },
    width: CARD_WIDTH,
    height,
    data: { card, direction, isChosen: chosen === card.step.ref, onChoose },
  }))

const edgeOf = ({ link, path, words, at }: Line, index: number): LinkEdge => ({
  id: `${link.from}→${link.to}#${index}`,
  type: 'line',
  source: link.from,
  target: link.to,
  className: `link link-${link.state}`,
  data: { path, words, at },
})

const LineView = ({ data }: EdgeProps<LinkEdge>) =>
  data === undefined ? null : <BaseEdge path={data.path} label={data.words} labelX={data.at.x} labelY={data.at.y} />

const CardView = ({ data: { card, direction, isChosen, onChoose } }: NodeProps<CardNode>) => (
  <>
    <Handle type="target" position={direction === 'LR' ? Position.Left : Position.Top} isConnectable={false} />
    <StepCard card={card} isChosen={isChosen} onChoose={onChoose} />
    <Handle type="source" position={direction === 'LR' ? Position.Right : Position.Bottom} isConnectable={false} />
  </>
)

const nodeTypes = { card: CardView }
const edgeTypes = { line: LineView }
