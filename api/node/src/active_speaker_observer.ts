import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import { RtpObserver, type FindProducer, type RtpObserverData } from './rtp_observer.js';
import type {
  ActiveSpeakerObserverEvents,
  ActiveSpeakerObserverObserver,
} from './rtp_observer_types.js';

/** Tells who is the dominant speaker. */
export class ActiveSpeakerObserver<
  ActiveSpeakerObserverAppData extends AppData = AppData,
> extends RtpObserver<
  ActiveSpeakerObserverAppData,
  ActiveSpeakerObserverEvents,
  ActiveSpeakerObserverObserver
> {
  /** @internal */
  constructor(
    channel: Channel,
    data: RtpObserverData,
    findProducer: FindProducer,
    appData?: ActiveSpeakerObserverAppData,
  ) {
    super(channel, data, findProducer, appData);
  }

  override get type(): 'activespeaker' {
    return 'activespeaker';
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    if (method !== 'activeSpeakerObserver.dominantSpeaker') {
      return super.handleNotification(method, params);
    }

    const producer = this.findProducer(params['producerId'] as string);

    if (!producer) return;

    this.safeEmit('dominantspeaker', { producer });
    this.observer.safeEmit('dominantspeaker', { producer });
  }
}
