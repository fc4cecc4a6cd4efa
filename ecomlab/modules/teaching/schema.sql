-- Lesson plans: the day of the lesson; their phases in order, with a task of the course where one is practised.
create table lesson_plan (number varchar primary key, lesson_day date not null);
create table lesson_phase (
    number varchar not null, line integer not null, phase varchar not null, minutes integer not null, teacher_does varchar not null,
    pupils_do varchar not null, verb varchar not null, intention varchar not null, task varchar, primary key (number, line)
);
-- What pupils practise in class, in order.
create table lesson_task (number varchar not null, line integer not null, task varchar not null, minutes integer not null, primary key (number, line));
-- What each pupil of the class had of the tasks that the lesson practised, out of 2.
create table class_point (number varchar not null, pupil varchar not null, task varchar not null, points decimal(4,1) not null, primary key (number, pupil, task));
