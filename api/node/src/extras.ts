export { EnhancedEventEmitter, enhancedOnce } from './enhanced_event_emitter.js';
