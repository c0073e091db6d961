"""gst-launch for pipelines with an srtpdec, whose key gst-launch cannot give for every SSRC.

usage: gst_launch.py KEY PIPELINE     KEY in hexadecimal, "" without SRTP; the srtpdec is called "decrypt"
"""
import sys

import gi

gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402  (the version comes first)


def caps_with(key):
    suite = ','.join(f'{kind}-cipher=aes-128-icm,{kind}-auth=hmac-sha1-80' for kind in ('srtp', 'srtcp'))
    return Gst.Caps.from_string(f'application/x-srtp,srtp-key=(buffer){key},{suite}')


def on_message(_bus, message):
    if message.type == Gst.MessageType.ERROR:
        error, details = message.parse_error()
        sys.exit(f'{error.message}\n{details}')


def main(key, description):
    Gst.init(None)
    pipeline = Gst.parse_launch(description)
    if key:
        pipeline.get_by_name('decrypt').connect('request-key', lambda _element, _ssrc: caps_with(key))
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect('message', on_message)
    pipeline.set_state(Gst.State.PLAYING)
    GLib.MainLoop().run()


main(*sys.argv[1:])
