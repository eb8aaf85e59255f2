"""What the canvases of the designer show 画布内容: a module a section; each bears an unfinished draft."""
