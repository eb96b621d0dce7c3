"""A worker in a process of its own, to be killed: sends what is due by the settings in its environment."""

import config
from phonein import create_app
from phonein.delivery import postman

if __name__ == "__main__":
    with create_app(config.from_environment()).app_context():
        postman.deliver_due()
