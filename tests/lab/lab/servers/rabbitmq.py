"""RabbitMQ with its plugin for AMQP 1.0 and one user `app`: by TLS on 5671, or plain on 5672 with `tls: false`."""

from __future__ import annotations

from . import Seat

PROGRAMS = ("/usr/lib/rabbitmq/bin/rabbitmq-server",)
PORTS = (5671,)
USER = "rabbitmq"
MUST_DROP = True
OPTIONS = {
    "tls": True,
    "password": "p-app",  # of the user `app`
    "plugin": True,  # without it the server speaks 0-9-1 alone
    "anonymous": True,
    "config": [],  # further lines of rabbitmq.conf
}


def start(seat: Seat) -> None:
    lines = ["loopback_users = none", "default_user = app", f"default_pass = {seat.options['password']}", "log.file = false",
             "log.console = true", "disk_free_limit.absolute = 1MB"]
    if seat.options["tls"]:
        pair = seat.certificate()
        lines += ["listeners.tcp = none", f"ssl_options.certfile = {pair.certificate}", f"ssl_options.keyfile = {pair.key}",
                  f"ssl_options.cacertfile = {seat.root}", "ssl_options.verify = verify_none"]
    kind = "ssl" if seat.options["tls"] else "tcp"
    for number, address in enumerate(seat.host.all_addresses, 1):
        name = f"[{address}]" if ":" in address else address
        lines.append(f"listeners.{kind}.{number} = {name}:{seat.port}")
    if seat.options["plugin"]:
        lines.append(f"amqp1_0.default_user = {'app' if seat.options['anonymous'] else 'none'}")
    lines += seat.options["config"]
    config = seat.write("rabbitmq.conf", "\n".join(lines) + "\n")
    plugins = seat.write("enabled_plugins", "[rabbitmq_amqp1_0].\n" if seat.options["plugin"] else "[].\n")
    empty = seat.write("environment", "")
    seat.run(PROGRAMS[0], env={
        "RABBITMQ_NODENAME": f"{seat.host.id}@localhost",
        "RABBITMQ_MNESIA_BASE": str(seat.folder / "db"),
        "RABBITMQ_LOG_BASE": str(seat.folder / "log"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(seat.folder / "generated"),
        "RABBITMQ_CONFIG_FILE": str(config.with_suffix("")),
        "RABBITMQ_CONF_ENV_FILE": str(empty),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_PID_FILE": str(seat.folder / "pid"),
        # One scheduler that does not spin: the worlds share the machine.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
    })


def ready(seat: Seat) -> None:
    seat.wait(seat.port, 100)
