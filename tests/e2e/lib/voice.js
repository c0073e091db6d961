// Runs inside a page before its scripts: the microphone is replaced by a voice of this volume (0 to 1).
export function voice(volume) {
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);

  function microphone() {
    const context = new AudioContext();
    const output = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: 160, type: 'sawtooth' });
    tone.connect(new GainNode(context, { gain: volume })).connect(output);
    tone.start();
    return output.stream.getAudioTracks();
  }

  navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([...(video ? (await capture({ video })).getVideoTracks() : []), ...(audio ? microphone() : [])]);
}
