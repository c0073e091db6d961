// Runs inside a page before its scripts: camera and microphone are replaced by a drawn person, so that pictures
// of the demo show people and not a test pattern. `look` says what they look like.
export function actor(look) {
  const WIDTH = 960;
  const HEIGHT = 540;

  function background(paint) {
    const wall = paint.createLinearGradient(0, 0, WIDTH, HEIGHT);
    wall.addColorStop(0, look.wall[0]);
    wall.addColorStop(1, look.wall[1]);
    paint.fillStyle = wall;
    paint.fillRect(0, 0, WIDTH, HEIGHT);
    paint.filter = 'blur(7px)';
    if (look.scene === 'window') {
      paint.fillStyle = 'rgb(255 255 255 / 55%)';
      paint.fillRect(90, 50, 230, 300);
      paint.fillStyle = look.wall[1];
      paint.fillRect(198, 50, 14, 300);
      paint.fillRect(90, 190, 230, 14);
    } else if (look.scene === 'shelf') {
      paint.fillStyle = 'rgb(60 36 24 / 70%)';
      [130, 270].forEach((y) => paint.fillRect(620, y, 300, 14));
      look.books.forEach((color, index) => {
        paint.fillStyle = color;
        paint.fillRect(640 + index * 34, 130 - 70 - (index % 3) * 10, 26, 70 + (index % 3) * 10);
        paint.fillRect(650 + ((index * 41) % 220), 270 - 62 - (index % 2) * 14, 24, 62 + (index % 2) * 14);
      });
    } else {
      paint.fillStyle = 'rgb(30 70 50 / 75%)';
      for (let leaf = 0; leaf < 9; leaf += 1) {
        paint.beginPath();
        paint.ellipse(800 + Math.cos(leaf) * 60, 240 + leaf * 16, 90, 22, leaf * 0.7 - 2.4, 0, 7);
        paint.fill();
      }
      paint.fillStyle = 'rgb(150 90 60 / 85%)';
      paint.fillRect(760, 390, 90, 120);
    }
    paint.filter = 'none';
  }

  function ellipse(paint, color, x, y, rx, ry, from = 0, to = 7) {
    paint.fillStyle = color;
    paint.beginPath();
    paint.ellipse(x, y, rx, ry, 0, from, to);
    paint.fill();
  }

  function person(paint, time) {
    const sway = Math.sin(time / 900 + look.phase) * 8;
    const x = WIDTH / 2 + sway;
    const y = 235 + Math.sin(time / 700 + look.phase) * 4;
    if (look.hair === 'long') {
      paint.fillStyle = look.hairColor;
      paint.beginPath();
      paint.roundRect(x - 122, y - 95, 244, 320, [120, 120, 60, 60]);
      paint.fill();
    }
    paint.fillStyle = look.shirt;
    paint.beginPath();
    paint.roundRect(x - 225 - sway / 2, 395, 450, 300, [150, 150, 0, 0]);
    paint.fill();
    paint.fillStyle = look.skin[1];
    paint.beginPath();
    paint.roundRect(x - 44, y + 80, 88, 110, 40);
    paint.fill();
    ellipse(paint, look.skin[0], x, y, 100, 126);
    ellipse(paint, look.skin[1], x - 102, y + 8, 16, 28);
    ellipse(paint, look.skin[1], x + 102, y + 8, 16, 28);
    ellipse(paint, look.hairColor, x, y - 58, 108, 84, Math.PI, 2 * Math.PI);
    if (look.hair === 'bun') {
      ellipse(paint, look.hairColor, x, y - 150, 46, 40);
    } else if (look.hair === 'beard') {
      ellipse(paint, look.hairColor, x, y + 40, 94, 92, 0.1, Math.PI - 0.1);
    }
    const blink = Math.sin(time / 1300 + look.phase * 3) > 0.985 ? 2 : 10;
    [-38, 38].forEach((dx) => {
      ellipse(paint, '#fff', x + dx, y - 6, 15, blink);
      ellipse(paint, '#2b2320', x + dx + sway / 4, y - 6, 7.5, Math.min(blink, 8));
    });
    if (look.glasses) {
      paint.strokeStyle = '#22262c';
      paint.lineWidth = 5;
      paint.strokeRect(x - 66, y - 30, 56, 46);
      paint.strokeRect(x + 10, y - 30, 56, 46);
    }
    const open = look.talking ? 6 + Math.abs(Math.sin(time / 110)) * 14 : 5;
    ellipse(paint, look.hair === 'beard' ? '#c9807a' : '#8c3a3f', x, y + 62, 26, open);
  }

  function camera() {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const paint = canvas.getContext('2d');
    const still = document.createElement('canvas');
    still.width = WIDTH;
    still.height = HEIGHT;
    background(still.getContext('2d'));
    setInterval(() => {
      paint.drawImage(still, 0, 0);
      person(paint, performance.now());
    }, 66);
    return canvas.captureStream(15).getVideoTracks();
  }

  function microphone() {
    const context = new AudioContext();
    const output = context.createMediaStreamDestination();
    const tone = context.createOscillator();
    const volume = context.createGain();
    volume.gain.value = look.talking ? 0.3 : 0;
    tone.frequency.value = 160;
    tone.connect(volume).connect(output);
    tone.start();
    return output.stream.getAudioTracks();
  }

  navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([...(video ? camera() : []), ...(audio ? microphone() : [])]);
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 1280;
    canvas.height = 720;
    const paint = canvas.getContext('2d');
    setInterval(() => slide(paint), 200);
    return canvas.captureStream(5);
  };

  /** What is on the shared screen: a slide with a chart. */
  function slide(paint) {
    paint.fillStyle = '#fbfaf7';
    paint.fillRect(0, 0, 1280, 720);
    paint.fillStyle = '#1d2530';
    paint.font = '600 52px sans-serif';
    paint.fillText('Water level, spring', 90, 120);
    paint.font = '26px sans-serif';
    paint.fillStyle = '#66717f';
    paint.fillText('Centimetres above the weir, weekly mean', 90, 168);
    const bars = [42, 55, 61, 78, 96, 88, 73, 64, 58];
    bars.forEach((height, index) => {
      paint.fillStyle = index === 4 ? '#e2793f' : '#2f9fb0';
      paint.fillRect(110 + index * 122, 620 - height * 4, 84, height * 4);
      paint.fillStyle = '#1d2530';
      paint.fillText(String(height), 136 + index * 122, 606 - height * 4);
    });
    paint.fillStyle = '#c9cdd2';
    paint.fillRect(90, 620, 1110, 3);
  }
}
