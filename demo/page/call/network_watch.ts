// Tells when this machine moved to another network: back online, or from one kind (wifi) to another (cellular).
interface NetworkInformation extends EventTarget {
  /** Undefined where the browser does not say (desktops). */
  readonly type?: string;
}

/** Returns a function that stops watching. */
export function watchNetwork(onMove: () => void): () => void {
  const connection = (navigator as { connection?: NetworkInformation }).connection;
  let type = connection?.type;
  // 'change' also fires for new estimates of speed, which say nothing about the path.
  const onChange = () => {
    if (connection?.type !== type) {
      type = connection?.type;
      onMove();
    }
  };
  addEventListener('online', onMove);
  connection?.addEventListener('change', onChange);
  return () => {
    removeEventListener('online', onMove);
    connection?.removeEventListener('change', onChange);
  };
}
