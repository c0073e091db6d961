import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import { RtpObserver, type FindProducer, type RtpObserverData } from './rtp_observer.js';
import type {
  AudioLevelObserverEvents,
  AudioLevelObserverObserver,
  AudioLevelObserverVolume,
} from './rtp_observer_types.js';

/** Tells which producers are the loudest. */
export class AudioLevelObserver<
  AudioLevelObserverAppData extends AppData = AppData,
> extends RtpObserver<
  AudioLevelObserverAppData,
  AudioLevelObserverEvents,
  AudioLevelObserverObserver
> {
  /** @internal */
  constructor(
    channel: Channel,
    data: RtpObserverData,
    findProducer: FindProducer,
    appData?: AudioLevelObserverAppData,
  ) {
    super(channel, data, findProducer, appData);
  }

  override get type(): 'audiolevel' {
    return 'audiolevel';
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    switch (method) {
      case 'audioLevelObserver.volumes':
        return this.#handleVolumes(params['volumes'] as { producerId: string; volume: number }[]);
      case 'audioLevelObserver.silence':
        this.safeEmit('silence');
        this.observer.safeEmit('silence');
        return;
      default:
        return super.handleNotification(method, params);
    }
  }

  /** Producers that closed meanwhile are left out. */
  #handleVolumes(entries: { producerId: string; volume: number }[]): void {
    const volumes = entries.flatMap<AudioLevelObserverVolume>(({ producerId, volume }) => {
      const producer = this.findProducer(producerId);

      return producer ? [{ producer, volume }] : [];
    });

    if (volumes.length === 0) return;

    this.safeEmit('volumes', volumes);
    this.observer.safeEmit('volumes', volumes);
  }
}
