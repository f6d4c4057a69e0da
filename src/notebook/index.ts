export { type Showable, type ShowOptions, toBundles } from './mime';
export { formatDuration, progressBundle, progressDisplay, progressLine } from './progress';
export { type LiveDisplay, show, showLive } from './show';
export { currentTransport, type Transport } from './transport';
