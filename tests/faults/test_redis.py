"""Redis that crashes, comes back, hangs: what is posted at one worker is kept, and shows on the screens of the other."""

import pytest
from faults.phones import SHEET, posts
from harness.footing import TOGETHER
from harness.loop import run
from harness.tally import rounds
from test_live import Screen, screen
from web.http import Client, console, joined

pytestmark = pytest.mark.footings(TOGETHER)


def test_without_redis_posts_are_kept_and_screens_of_every_worker_show_them(server, own_redis, tally):
    day = server(SHEET, "--redis-url", own_redis.url)
    console(day).act("open", "situations")
    key = joined(day, name="Élue 1").key
    kept: list[str] = []
    faults = {"is killed": (own_redis.kill, own_redis.start), "hangs": (own_redis.hang, own_redis.go_on)}

    async def posted_and_shown(walls: list[Screen]) -> int:
        """A card at each worker: only a nudge, or its own look at the journal, can tell the other."""
        for n, worker in enumerate(day.each):
            title = f"Carte {len(kept)}"
            answer = Client(worker, key).act("post", "situations", {"title": title})
            assert answer.status == 200, answer.text
            kept.append(title)
            for wall in walls[n + 1 :] + walls[:n]:
                await wall.until(lambda wall=wall, title=title: any(title in update.get("html", "") for update in wall.updates))
        return len(kept)

    async def play() -> None:
        walls = [await screen(worker, day.keys["wall"], "wall") for worker in day.each]
        await posted_and_shown(walls)
        for n in rounds(2, 12):
            fault, (go, come) = [*faults.items()][n % 2]
            begun = len(kept)
            go()
            await posted_and_shown(walls)
            come()
            await posted_and_shown(walls)
            tally(f"Redis {fault}", acknowledged=kept[begun:], kept=[one for one in posts(day.where) if one in kept[begun:]])
        for wall in walls:
            assert wall.socket.connected, "no line ended"
            await wall.socket.disconnect()

    run(play(), 300)
    assert posts(day.where) == kept
