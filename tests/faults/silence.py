"""What a minute of silence does to the ledger, without waiting for it."""

from datetime import timedelta

from sqlalchemy import update

from engine.actions.deliveries import LEASE
from engine.runtime import Runtime
from engine.store.base import database_now, table_of
from engine.store.deliveries import Delivery
from engine.vocabulary.words import DeliveryState


def leases_run_out(rt: Runtime, silent: timedelta = timedelta()) -> None:
    """Of all whose worker gave no sign of life for so long."""
    with rt.transaction() as session:
        now = database_now(session)
        leased = Delivery.state.in_([DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT])
        session.execute(
            update(table_of(Delivery))
            .where(leased, Delivery.lease_until <= now + (LEASE - silent))
            .values(lease_until=now - timedelta(seconds=1))
        )
