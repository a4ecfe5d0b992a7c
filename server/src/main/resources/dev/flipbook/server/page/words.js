/**
 * The texts of the page, in two languages with the same keys. The texts are only used as text nodes, never as markup.
 */

const en = {
  feeds: '{0} feeds',
  feed: '1 feed',
  poor: '{0} not live',
  list: 'Feeds',
  back: 'All feeds',
  tools: 'Controls',
  next: 'Next feed',
  previous: 'Previous feed',
  freeze: 'Freeze',
  unfreeze: 'Unfreeze',
  pause: 'Pause all',
  resume: 'Resume all',
  snapshot: 'Snapshot',
  figures: 'Figures',
  figuresLess: 'Hide figures',
  share: 'Links',
  phone: 'Phone',
  full: 'Full screen',
  fullLess: 'Leave full screen',
  help: 'Help',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  selected: 'Selected: copy it with the keyboard',
  open: '{0}, enlarge',
  idle: 'Idle',
  starting: 'Starting',
  connecting: 'Connecting',
  live: 'Live',
  still: 'Still picture',
  late: 'Late',
  stale: 'Stale',
  stalled: 'Stalled',
  offline: 'Offline',
  lost: 'No contact',
  refused: 'Refused',
  frozen: 'Frozen',
  last: 'last picture {0}',
  since: 'since {0}',
  retried: 'next try {0}',
  noReason: 'No reason given',
  ms: '{0} ms',
  s: '{0} s',
  min: '{0} min',
  h: '{0} h',
  days: '{0} days',
  fps: '{0} fps',
  size: 'Picture',
  asSent: '{0} of {1}',
  rate: 'Rate',
  age: 'Age',
  ageMost: '{0}, half of them below {1}',
  source: 'Source',
  state: 'State',
  viewers: 'Viewers',
  encoder: 'Encoder',
  number: 'Number',
  way: 'Transport',
  graph: 'The last minute: age {0} to {1}, {2} to {3} fps',
  minute: 'the last minute',
  away: 'No contact with Flipbook since {0}. What you see is old.',
  inSeconds: 'Next try in {0} s.',
  trying: 'Trying now.',
  again: 'Try now',
  answers: 'Flipbook answers again',
  silent: 'Flipbook does not answer: is it running?',
  answersWith: 'The server answers: “{0}”',
  hostName: 'To allow this address, start Flipbook with --host-name {0}.',
  old: 'What you see is from {0}.',
  fallback: 'WebSockets are blocked here. The page uses plain streams instead, four at a time.',
  came: '{0}: new feed',
  went: '{0}: removed',
  none: 'No feeds yet',
  noneWhat: 'A feed is live video from anything that makes pictures. Start Flipbook with one, for example:',
  noneDemo: 'the emulated camera: 1, 2, 3, one picture a second',
  noneFile: 'a video file, as the feed “car”',
  noneCamera: 'a network camera, under a name of your choice',
  noneThen: 'A feed appears here as soon as it exists; there is no need to reload.',
  unknown: 'There is no feed called “{0}”',
  unknownWhat: 'It may have been removed, or may never have existed. When it is added, it appears here by itself.',
  unknownThere: 'The feeds are:',
  saved: 'Snapshot saved: {0}',
  unsaved: 'No snapshot: {0}',
  noFull: 'The browser refused full screen',
  phoneWhat: 'Point a phone’s camera at this to open the page there.',
  phoneLocal: 'A phone cannot reach this address: it is this machine’s own. Start Flipbook with {0} and open the page by this machine’s name or address in the network. Everybody there can then watch.',
  phoneLong: 'This address is too long for a code.',
  linesWhat: 'Show “{0}” elsewhere',
  linePage: 'This page',
  lineImage: 'In a web page',
  lineView: 'In a web page, with its age and over one connection for all',
  lineStream: 'Stream (MJPEG)',
  lineSnapshot: 'Snapshot (JPEG)',
  helpKeys: 'Keys',
  keyArrows: 'from feed to feed',
  keyEnter: 'one feed large',
  keyEsc: 'back to all feeds',
  keyFull: 'full screen',
  keySave: 'save the newest picture',
  keySpace: 'freeze the picture, and continue',
  keyFigures: 'figures and a graph of the last minute',
  keyHelp: 'this help',
  helpTouch: 'By touch',
  tap: 'Tap a picture',
  swipeAside: 'Swipe left or right',
  swipeDown: 'Swipe down',
  tapFigures: 'Tap the age',
  pinch: 'Pinch',
  zoom: 'zoom into the large picture',
  helpMarks: 'Marks',
  markLive: 'pictures come as they should; the figure beside it is the age of the picture when it was shown',
  markLate: 'the next picture is overdue',
  markStale: 'nothing new for four seconds: what you see is the last picture',
  markOffline: 'the server has no pictures either, and says why',
};

const zh = {
  feeds: '{0} 路画面',
  feed: '1 路画面',
  poor: '{0} 路异常',
  list: '画面列表',
  back: '全部画面',
  tools: '控制',
  next: '下一路',
  previous: '上一路',
  freeze: '定格',
  unfreeze: '取消定格',
  pause: '全部暂停',
  resume: '全部继续',
  snapshot: '截图',
  figures: '数据',
  figuresLess: '隐藏数据',
  share: '链接',
  phone: '手机',
  full: '全屏',
  fullLess: '退出全屏',
  help: '帮助',
  close: '关闭',
  copy: '复制',
  copied: '已复制',
  selected: '已选中，请用键盘复制',
  open: '{0}，放大',
  idle: '空闲',
  starting: '启动中',
  connecting: '连接中',
  live: '直播',
  still: '静止画面',
  late: '延迟',
  stale: '画面已旧',
  stalled: '停滞',
  offline: '离线',
  lost: '连接中断',
  refused: '被拒绝',
  frozen: '已定格',
  last: '最后画面 {0}',
  since: '自 {0} 起',
  retried: '{0} 重试',
  noReason: '未说明原因',
  ms: '{0} ms',
  s: '{0} 秒',
  min: '{0} 分钟',
  h: '{0} 小时',
  days: '{0} 天',
  fps: '{0} 帧/秒',
  size: '画面',
  asSent: '{0}（原图 {1}）',
  rate: '帧率',
  age: '画面时延',
  ageMost: '{0}，半数低于 {1}',
  source: '来源',
  state: '状态',
  viewers: '观看者',
  encoder: '编码器',
  number: '序号',
  way: '传输方式',
  graph: '最近一分钟：时延 {0} 至 {1}，帧率 {2} 至 {3}',
  minute: '最近一分钟',
  away: '自 {0} 起与 Flipbook 失去连接，当前画面已不是最新。',
  inSeconds: '{0} 秒后重试。',
  trying: '正在重试。',
  again: '立即重试',
  answers: '已重新连接 Flipbook',
  silent: 'Flipbook 没有响应，请确认它是否在运行。',
  answersWith: '服务器的答复：“{0}”',
  hostName: '如需允许此地址，请用 --host-name {0} 启动 Flipbook。',
  old: '当前画面停留在 {0}。',
  fallback: '此处无法使用 WebSocket，已改用普通视频流，最多同时播放四路。',
  came: '{0}：新画面',
  went: '{0}：已移除',
  none: '还没有画面',
  noneWhat: '任何能产生图像的东西都可以成为一路实时画面。启动 Flipbook 时指定一个来源，例如：',
  noneDemo: '模拟摄像头：每秒一张图，依次为 1、2、3',
  noneFile: '一个视频文件，画面名为“car”',
  noneCamera: '一台网络摄像头，名称自定',
  noneThen: '画面一出现就会显示在这里，无需刷新。',
  unknown: '没有名为“{0}”的画面',
  unknownWhat: '它可能已被移除，或者从未存在。一旦出现，会自动显示在这里。',
  unknownThere: '现有画面：',
  saved: '截图已保存：{0}',
  unsaved: '未能截图：{0}',
  noFull: '浏览器拒绝进入全屏',
  phoneWhat: '用手机相机扫描，即可在手机上打开本页。',
  phoneLocal: '手机无法访问这个地址，它只属于本机。请用 {0} 启动 Flipbook，再通过本机在局域网中的名称或地址打开本页。此后同一网络中的任何人都能观看。',
  phoneLong: '地址太长，无法生成二维码。',
  linesWhat: '在别处显示“{0}”',
  linePage: '本页地址',
  lineImage: '嵌入网页',
  lineView: '嵌入网页，显示时延，多路共用一个连接',
  lineStream: '视频流（MJPEG）',
  lineSnapshot: '截图（JPEG）',
  helpKeys: '按键',
  keyArrows: '在各路画面之间移动',
  keyEnter: '放大一路画面',
  keyEsc: '返回全部画面',
  keyFull: '全屏',
  keySave: '保存最新画面',
  keySpace: '定格画面，再按一次继续',
  keyFigures: '显示数据与最近一分钟的曲线',
  keyHelp: '显示本帮助',
  helpTouch: '触摸操作',
  tap: '点按画面',
  swipeAside: '左右滑动',
  swipeDown: '向下滑动',
  tapFigures: '点按时延',
  pinch: '双指张合',
  zoom: '缩放大图',
  helpMarks: '标记',
  markLive: '画面正常，旁边的数字是画面显示时距拍摄的时间',
  markLate: '下一张画面迟迟未到',
  markStale: '四秒内没有新画面，看到的是最后一张',
  markOffline: '服务器也没有画面，并会说明原因',
};

export const tables = { en, zh };

/** The first of the browser's languages that the page has. */
const chosen = (navigator.languages ?? []).map((one) => one.slice(0, 2).toLowerCase()).find((one) => one in tables) ?? 'en';
const words = tables[chosen];
export const language = { en: 'en-GB', zh: 'zh-CN' }[chosen];

export function t(key, ...values) {
  return (words[key] ?? key).replace(/\{(\d)\}/g, (_, index) => values[index] ?? '');
}

/** Sets a text only if it has changed, so that unchanged figures cause no layout. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

export function size(width, height) {
  return width > 0 && height > 0 ? `${width}×${height}` : '';
}

/** Two digits are enough to distinguish 29.97 from 25; below ten, one digit after the point matters. */
export function rate(fps) {
  return fps > 0 ? t('fps', fps.toFixed(fps < 9.95 ? 1 : 0)) : '';
}

export function age(ms) {
  if (!Number.isFinite(ms)) return '';
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return t('ms', whole);
  if (whole < 59_950) return t('s', (whole / 1000).toFixed(1));
  const seconds = Math.round(whole / 1000);
  if (seconds < 120) return t('s', seconds);
  if (seconds < 7200) return t('min', Math.round(seconds / 60));
  return seconds < 172_800 ? t('h', Math.round(seconds / 3600)) : t('days', Math.round(seconds / 86_400));
}

/** The local time of day, with the date if it is not today. */
export function clock(instant) {
  const at = new Date(instant);
  if (instant === null || instant === undefined || Number.isNaN(at.getTime())) return '–';
  const time = at.toLocaleTimeString(language, { hour12: false });
  const today = at.toDateString() === new Date().toDateString();
  return today ? time : `${at.toLocaleDateString(language, { day: 'numeric', month: 'short' })} ${time}`;
}
