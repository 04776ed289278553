/** Small signs, told apart by shape: half of the people who can't see the colour still see the state. Always beside a word, never alone. */
import type { Sign as SignName } from '../words/status.ts'

export type Shape = SignName | 'linked' | 'cut' | 'back' | 'conflict' | 'anchor'

const PATHS: Readonly<Record<Shape, string>> = {
  circle: 'M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10',
  dashed:
    'M6.500 3.200a5 5 0 0 1 3 0M12 5a5 5 0 0 1 1 3M12.300 10.600a5 5 0 0 1-2.300 2M6.500 12.800a5 5 0 0 1-2.500-1.900M3 8a5 5 0 0 1 1-3',
  play: 'M5.500 3.500v9l7-4.500z',
  hourglass: 'M4 2.500h8M4 13.500h8M5 2.500c0 3 3 4 3 5.500s-3 2.500-3 5.500M11 2.500c0 3-3 4-3 5.500s3 2.500 3 5.500',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  cross: 'M4 4l8 8M12 4l-8 8',
  stop: 'M4 4h8v8H4z',
  skip: 'M3.500 4l5 4l-5 4zM12 4v8',
  undo: 'M6 3L3 6l3 3M3 6h6.500a3.500 3.500 0 0 1 0 7H6',
  eye: 'M1.500 8S4 3.500 8 3.500S14.500 8 14.500 8S12 12.500 8 12.500S1.500 8 1.500 8M8 6.500a1.500 1.500 0 1 0 0 3a1.500 1.500 0 1 0 0-3',
  hand: 'M2 9.500h5l2-1.500h4M2 13h6.500l5-3M8 2v4M6 4l2 2l2-2',
  linked: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500L7.500 13A3 3 0 0 1 3 8.500L4.500 7',
  cut: 'M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500L7.500 13A3 3 0 0 1 3 8.500L4.500 7M2 2l12 12',
  back: 'M9.500 3.500L5 8l4.500 4.500',
  conflict: 'M8 2.500L14.500 13.500h-13zM8 6.500v3M8 11.500v.100',
  anchor:
    'M8 2v6M8 4.500c2 0 2.700-1 2.700-2.500M8 6.500c-2 0-2.700-1-2.700-2.500M8 8c-.500 2.500-2 4-4.500 5.500M8 8c.500 2.500 2 4 4.500 5.500M8 8v6',
}

export const Sign = ({ shape }: { readonly shape: Shape }) => (
  <svg className="sign" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={PATHS[shape]} />
  </svg>
)
