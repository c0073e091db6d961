// The page: / makes a room, /<room> asks who you are and then joins the call.
// For demonstrations and tests: ?name=Ada&quality=low&codec=VP9 fill in, &autojoin skips the join screen, &relay and
// &tcp take only paths over a TURN server or over TCP.
import { isRoomName } from '../shared/room_name.js';
import { Call } from './call/call.js';
import { showJoin } from './views/join_view.js';
import { showLanding } from './views/landing_view.js';
import { showRoom } from './views/room_view.js';

const app = document.querySelector<HTMLElement>('#app')!;
const room = location.pathname.slice(1);

if (isRoomName(room)) {
  document.title = `${room} · sluice`;
  const query = new URLSearchParams(location.search);
  const call = new Call(room, query.has('relay') ? 'relay' : query.has('tcp') ? 'tcp' : 'any');
  call.prepare();
  void showJoin(app, room).then((entry) => showRoom(app, room, call, entry));
} else {
  showLanding(app);
}
