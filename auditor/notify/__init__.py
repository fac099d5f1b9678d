"""Who is told what: digests, advance notices and incidents, each once, by mail and chat."""

from auditor.notify.deliver import Delivery, deliver
from auditor.notify.queue import queue

__all__ = ["Delivery", "deliver", "queue"]
