"""The attack 攻击: as each wrong person, every address with every method and every id, over and over."""
